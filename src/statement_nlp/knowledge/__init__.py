"""What is known beforehand: places and parties."""
