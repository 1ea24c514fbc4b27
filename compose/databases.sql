-- Kong and the agent keep their tables apart.
CREATE DATABASE threat_response;
