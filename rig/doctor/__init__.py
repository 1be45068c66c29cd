"""`stimrig bench doctor`: is the bench what its file says, wired as it says, and as good as it says."""
