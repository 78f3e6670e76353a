"""What accompanies a whole crawl: the run's record and the pace of its requests."""
