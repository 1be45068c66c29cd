"""Page by page: what a report says."""
