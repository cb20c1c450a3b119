"""The site: settings, urls, schedule and the command line."""
