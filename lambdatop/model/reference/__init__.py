"""What was copied by hand from AWS's pages because no API returns it: prices, runtimes, layers; each with its date."""
