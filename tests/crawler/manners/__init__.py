"""How the crawler behaves towards sites, in real crawls against a server that misbehaves."""
