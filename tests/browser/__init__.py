"""Journeys through the built story with the system's Chromium: officer, lab, firm, statistician, citizen."""
