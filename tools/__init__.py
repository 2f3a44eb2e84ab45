"""What sets Suqiu up, runs it and checks it; nothing of the service itself."""
