"""Who a face is: the gallery, how far its similarities can be trusted, and the decision."""
