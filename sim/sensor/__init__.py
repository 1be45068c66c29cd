"""What tells the stimulator where the leg is: the heel switch."""
