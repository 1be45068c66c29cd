"""The leg as a plant: nerve recruitment, muscle activation, ankle and foot, compensation."""
