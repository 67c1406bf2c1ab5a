"""The outside: mail, HTTP and the providers reached by it, each behind a port of `flowstudio.kit`.

Every connector has a simulated twin in `simulated`. Only `flowstudio.app` names these classes. A provider is a
`Service`: it completes a request that a step has built (address, credential) and reads the provider's errors.
"""
