"""What everybody may know: public notices with their ground, masks, signature and history."""
