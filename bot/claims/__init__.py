"""What people claim of their rights: erasures, copies, requests that people decide (pure data)."""
