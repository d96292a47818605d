"""The public pages: home, the menu and each treatment, and the words around them."""
