"""A board: its file, its nets, and what lies around an emulated chip."""
