"""Leads, deals, clients and alerts."""
