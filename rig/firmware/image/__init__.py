"""What a file of an image says, whatever its format."""
