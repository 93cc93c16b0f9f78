"""What authors may say about tasks, images, plans and executions, and the messages that each becomes."""
