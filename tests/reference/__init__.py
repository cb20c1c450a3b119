"""Facts are looked up as they were sourced, and every one of them says where it comes from."""
