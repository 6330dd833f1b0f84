"""Where the home feed's candidates come from: each source is a small class behind one interface."""
