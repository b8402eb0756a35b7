"""What an approver sees before signing, and the preview. Confidential: none of it is published."""
