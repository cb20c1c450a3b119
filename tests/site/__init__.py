"""Settings, start-up and the commands of the site."""
