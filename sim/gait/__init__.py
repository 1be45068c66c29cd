"""Walking: measured cycles, speed scaling, the paretic cycle, the stride schedule."""
