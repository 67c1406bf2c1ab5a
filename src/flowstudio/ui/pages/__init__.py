"""The pages, one file each. A page calls services and draws; it holds no rule and no query of its own."""
