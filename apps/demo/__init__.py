"""The demo world: people who keep pictures of ideas, made through the services as clients would."""
