"""What all staff pages share: they read, and write through services that keep an audit log."""
