"""The gate: kiosk, API, webhooks, guardian pages, health."""
