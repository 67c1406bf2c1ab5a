"""What pages and the API share: who is signed in, headers, limits, and the lean way in for webhooks.

May import services and below; never storage, connectors or scheduling.
"""
