"""Acting on rights: erasures, copies and requests, carried out and seen through."""
