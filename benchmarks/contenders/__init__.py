"""What Pinboard is measured against."""
