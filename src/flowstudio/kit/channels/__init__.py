"""How a message leaves by each channel. Several node types share a channel, so that what they send is one thing."""
