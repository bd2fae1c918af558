"""What statements have to do with each other, and what people make of it."""
