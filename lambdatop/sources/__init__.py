"""Reading AWS: async generators that yield Updates. No screen and no second implementation for the command line."""
