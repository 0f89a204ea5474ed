"""The ASGI application: sign-in, media and health routes beside the Streamlit pages."""
