"""From files to statements, their layout and their signatories."""
