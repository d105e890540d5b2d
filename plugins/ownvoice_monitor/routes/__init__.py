"""One module for each address, named like it: what may stand in the address, and the page that answers."""
