"""The dashboard's pages; a page talks only to the gateway."""
