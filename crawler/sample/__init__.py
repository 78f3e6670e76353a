"""An own small adilet and egov.kz: data, a renderer and a loopback server, for the demo and for tests."""
