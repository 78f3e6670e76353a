"""One YAML file a source, and the loader that reads them strictly."""
