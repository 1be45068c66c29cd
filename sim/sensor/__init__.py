"""What tells the stimulator where the leg is: switches, tilt sensors, foot IMUs, and recordings of them."""
