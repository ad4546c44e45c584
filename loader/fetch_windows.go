package loader

import "syscall"

// broken lists the errors of a connection that broke: WSAECONNRESET, WSAECONNABORTED,
// WSAENETRESET (Windows Sockets error codes).
func broken() []syscall.Errno { return []syscall.Errno{10054, 10053, 10052} }
