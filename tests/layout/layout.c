/* SPDX-License-Identifier: MIT
 *
 * What a compiled Windows program takes for granted: sizes, offsets, signs, numbers and the bytes
 * of GUIDs. The same file compiles against these headers (gcc, clang) and against MinGW's, so that
 * neither can be wrong alone. All of it is decided by the compiler, with -O2; nothing is run.
 *
 * WIN32_NO_STATUS around windows.h, then ntstatus.h: the way for programs that use both.
 */
#define WIN32_NO_STATUS
#include <winsock2.h>
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#include <winternl.h>
#include <process.h>
#include <winioctl.h>
#include <iphlpapi.h>
#include <wincrypt.h>
#include <winsvc.h>
#include <netioapi.h>
#include <mmsystem.h>
#include <psapi.h>
#include <share.h>
#include <wtypes.h>
#ifndef __MINGW32__
#include <iocp.h>
#include <iocp_nt.h>
#endif
#include <stddef.h>

/* pshpack1.h and its kin */
struct members {
    char byte;
    LONG64 wide;
};
#include <pshpack1.h>
struct members_1 {
    char byte;
    LONG64 wide;
};
#include <pshpack2.h>
struct members_2 {
    char byte;
    LONG64 wide;
};
#include <poppack.h>
struct members_1_again {
    char byte;
    LONG64 wide;
};
#include <poppack.h>
#include <pshpack4.h>
struct members_4 {
    char byte;
    LONG64 wide;
};
#include <poppack.h>
#include <pshpack8.h>
struct members_8 {
    char byte;
    LONG64 wide;
};
#include <poppack.h>

/* guiddef.h: declared, then defined */
DEFINE_GUID(guid_of_this_file, 0x01020304, 0x0506, 0x0708, 1, 2, 3, 4, 5, 6, 7, 8);
#include <initguid.h>
DEFINE_GUID(guid_of_this_file, 0x01020304, 0x0506, 0x0708, 1, 2, 3, 4, 5, 6, 7, 8);
DEFINE_GUID(guid_of_another, 0x01020305, 0x0506, 0x0708, 1, 2, 3, 4, 5, 6, 7, 8);

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type);
#define AT(type, member, offset)                                                                   \
    _Static_assert(offsetof(type, member) == (offset), #type "." #member);
#define WIDE(type, member, bytes)                                                                  \
    _Static_assert(sizeof(((type *)0)->member) == (bytes), #type "." #member);
#define UNSIGNED(type, bytes) _Static_assert((type)-1 > 0 && sizeof(type) == (bytes), #type);
#define SIGNED(type, bytes) _Static_assert((type)-1 < 0 && sizeof(type) == (bytes), #type);
/* The low 32 bits: Windows' headers give some of these as long, which has 32 bits only there. */
#define SAME(name, value) _Static_assert((unsigned)(name) == (value##u), #name);

/* clang-format off */

/* scalars */
UNSIGNED(BYTE, 1) UNSIGNED(UCHAR, 1) UNSIGNED(BOOLEAN, 1) UNSIGNED(WORD, 2) UNSIGNED(USHORT, 2)
UNSIGNED(WCHAR, 2) UNSIGNED(DWORD, 4) UNSIGNED(ULONG, 4) UNSIGNED(UINT, 4) UNSIGNED(u_long, 4)
UNSIGNED(u_int, 4) UNSIGNED(u_short, 2) UNSIGNED(u_char, 1) UNSIGNED(GROUP, 4)
UNSIGNED(ULONGLONG, 8) UNSIGNED(DWORDLONG, 8) UNSIGNED(UINT64, 8) UNSIGNED(DWORD64, 8)
UNSIGNED(ULONG_PTR, 8) UNSIGNED(DWORD_PTR, 8) UNSIGNED(UINT_PTR, 8) UNSIGNED(SIZE_T, 8)
UNSIGNED(WPARAM, 8) UNSIGNED(SOCKET, 8) UNSIGNED(ACCESS_MASK, 4) UNSIGNED(UINT32, 4)
UNSIGNED(UINT16, 2) UNSIGNED(UINT8, 1) UNSIGNED(LANGID, 2) UNSIGNED(LCID, 4) UNSIGNED(ULONG64, 8)
SIGNED(SHORT, 2) SIGNED(INT, 4) SIGNED(LONG, 4) SIGNED(BOOL, 4) SIGNED(HRESULT, 4)
SIGNED(NTSTATUS, 4) SIGNED(LONGLONG, 8) SIGNED(INT64, 8) SIGNED(__int64, 8) SIGNED(__int32, 4)
SIGNED(__int16, 2) SIGNED(INT_PTR, 8) SIGNED(LONG_PTR, 8) SIGNED(SSIZE_T, 8) SIGNED(LPARAM, 8)
SIGNED(LRESULT, 8) SIGNED(LONG64, 8) SIGNED(INT32, 4) SIGNED(INT16, 2) SIGNED(INT8, 1)
SIGNED(socklen_t, 4) UNSIGNED(unsigned __int64, 8)
SIZE(CHAR, 1) SIZE(HANDLE, 8) SIZE(HMODULE, 8) SIZE(FARPROC, 8) SIZE(LPVOID, 8) SIZE(WSAEVENT, 8)
SIZE(float, 4) SIZE(FLOAT, 4) SIZE(HGLOBAL, 8) SIZE(TCHAR, 1)

/* what directories tell */
SIZE(FILE_NOTIFY_INFORMATION, 16) AT(FILE_NOTIFY_INFORMATION, Action, 4)
AT(FILE_NOTIFY_INFORMATION, FileNameLength, 8) AT(FILE_NOTIFY_INFORMATION, FileName, 12)
SIZE(WIN32_FIND_DATAA, 320) AT(WIN32_FIND_DATAA, ftLastWriteTime, 20)
AT(WIN32_FIND_DATAA, nFileSizeHigh, 28) AT(WIN32_FIND_DATAA, dwReserved0, 36)
AT(WIN32_FIND_DATAA, cFileName, 44) AT(WIN32_FIND_DATAA, cAlternateFileName, 304)
SIZE(WIN32_FIND_DATAW, 592) AT(WIN32_FIND_DATAW, cFileName, 44)
AT(WIN32_FIND_DATAW, cAlternateFileName, 564) SIZE(WIN32_FILE_ATTRIBUTE_DATA, 36)
AT(WIN32_FILE_ATTRIBUTE_DATA, nFileSizeHigh, 28)

/* minwinbase.h, winnt.h, sysinfoapi.h */
SIZE(OVERLAPPED, 32) AT(OVERLAPPED, Internal, 0) AT(OVERLAPPED, InternalHigh, 8)
AT(OVERLAPPED, Offset, 16) AT(OVERLAPPED, OffsetHigh, 20) AT(OVERLAPPED, Pointer, 16)
AT(OVERLAPPED, hEvent, 24) WIDE(OVERLAPPED, Offset, 4)
SIZE(WSAOVERLAPPED, 32) AT(WSAOVERLAPPED, hEvent, 24)
SIZE(OVERLAPPED_ENTRY, 32) AT(OVERLAPPED_ENTRY, lpCompletionKey, 0)
AT(OVERLAPPED_ENTRY, lpOverlapped, 8) AT(OVERLAPPED_ENTRY, Internal, 16)
AT(OVERLAPPED_ENTRY, dwNumberOfBytesTransferred, 24)
SIZE(SECURITY_ATTRIBUTES, 24) AT(SECURITY_ATTRIBUTES, bInheritHandle, 16)
SIZE(SYSTEMTIME, 16) AT(SYSTEMTIME, wMilliseconds, 14)
SIZE(TIME_ZONE_INFORMATION, 172) AT(TIME_ZONE_INFORMATION, DaylightBias, 168)
SIZE(FILETIME, 8) AT(FILETIME, dwHighDateTime, 4)
SIZE(LARGE_INTEGER, 8) AT(LARGE_INTEGER, LowPart, 0) AT(LARGE_INTEGER, HighPart, 4)
AT(LARGE_INTEGER, u.HighPart, 4) AT(LARGE_INTEGER, QuadPart, 0) SIZE(ULARGE_INTEGER, 8)
SIZE(LUID, 8) SIZE(LIST_ENTRY, 16) AT(LIST_ENTRY, Blink, 8) SIZE(SINGLE_LIST_ENTRY, 8)
SIZE(GUID, 16) AT(GUID, Data2, 4) AT(GUID, Data3, 6) AT(GUID, Data4, 8)
SIZE(CRITICAL_SECTION, 40) AT(CRITICAL_SECTION, LockCount, 8)
AT(CRITICAL_SECTION, RecursionCount, 12) AT(CRITICAL_SECTION, OwningThread, 16)
AT(CRITICAL_SECTION, LockSemaphore, 24) AT(CRITICAL_SECTION, SpinCount, 32)
SIZE(SRWLOCK, 8) SIZE(CONDITION_VARIABLE, 8) SIZE(INIT_ONCE, 8)
SIZE(OSVERSIONINFOA, 148) SIZE(OSVERSIONINFOW, 276) SIZE(OSVERSIONINFOEXA, 156)
SIZE(OSVERSIONINFOEXW, 284) AT(OSVERSIONINFOEXA, wServicePackMajor, 148)
AT(OSVERSIONINFOEXW, wSuiteMask, 280) AT(OSVERSIONINFOEXW, wProductType, 282)
SIZE(SYSTEM_INFO, 48) AT(SYSTEM_INFO, wProcessorArchitecture, 0) AT(SYSTEM_INFO, dwPageSize, 4)
AT(SYSTEM_INFO, lpMinimumApplicationAddress, 8) AT(SYSTEM_INFO, lpMaximumApplicationAddress, 16)
AT(SYSTEM_INFO, dwActiveProcessorMask, 24) AT(SYSTEM_INFO, dwNumberOfProcessors, 32)
AT(SYSTEM_INFO, dwProcessorType, 36) AT(SYSTEM_INFO, dwAllocationGranularity, 40)
AT(SYSTEM_INFO, wProcessorLevel, 44) AT(SYSTEM_INFO, wProcessorRevision, 46)

/* psapi.h, winnt.h */
SIZE(PROCESS_MEMORY_COUNTERS, 72) AT(PROCESS_MEMORY_COUNTERS, PageFaultCount, 4)
AT(PROCESS_MEMORY_COUNTERS, PeakWorkingSetSize, 8) AT(PROCESS_MEMORY_COUNTERS, WorkingSetSize, 16)
AT(PROCESS_MEMORY_COUNTERS, QuotaPeakPagedPoolUsage, 24)
AT(PROCESS_MEMORY_COUNTERS, QuotaPagedPoolUsage, 32)
AT(PROCESS_MEMORY_COUNTERS, QuotaPeakNonPagedPoolUsage, 40)
AT(PROCESS_MEMORY_COUNTERS, QuotaNonPagedPoolUsage, 48)
AT(PROCESS_MEMORY_COUNTERS, PagefileUsage, 56) AT(PROCESS_MEMORY_COUNTERS, PeakPagefileUsage, 64)
SIZE(PROCESS_MEMORY_COUNTERS_EX, 80) AT(PROCESS_MEMORY_COUNTERS_EX, PagefileUsage, 56)
AT(PROCESS_MEMORY_COUNTERS_EX, PeakPagefileUsage, 64)
AT(PROCESS_MEMORY_COUNTERS_EX, PrivateUsage, 72)
SIZE(IO_COUNTERS, 48) AT(IO_COUNTERS, WriteOperationCount, 8)
AT(IO_COUNTERS, OtherOperationCount, 16) AT(IO_COUNTERS, ReadTransferCount, 24)
AT(IO_COUNTERS, WriteTransferCount, 32) AT(IO_COUNTERS, OtherTransferCount, 40)
SAME(PROCESS_CREATE_THREAD, 2) SAME(PROCESS_SET_SESSIONID, 4) SAME(PROCESS_VM_OPERATION, 8)
SAME(PROCESS_VM_READ, 0x10) SAME(PROCESS_VM_WRITE, 0x20) SAME(PROCESS_CREATE_PROCESS, 0x80)
SAME(PROCESS_SET_QUOTA, 0x100) SAME(PROCESS_SET_INFORMATION, 0x200)
SAME(PROCESS_SUSPEND_RESUME, 0x800)

/* synchapi.h, interlockedapi.h, processthreadsapi.h */
SIZE(SYNCHRONIZATION_BARRIER, 32) AT(SYNCHRONIZATION_BARRIER, Reserved3, 8)
AT(SYNCHRONIZATION_BARRIER, Reserved4, 24)
SIZE(SLIST_ENTRY, 16) SIZE(SLIST_HEADER, 16) AT(SLIST_ENTRY, Next, 0)
SIZE(PROCESSOR_NUMBER, 4) AT(PROCESSOR_NUMBER, Number, 2)
SIZE(REASON_CONTEXT, 32) AT(REASON_CONTEXT, Reason, 8) AT(REASON_CONTEXT, Reason.Detailed, 8)
SAME(CREATE_EVENT_MANUAL_RESET, 1) SAME(CREATE_EVENT_INITIAL_SET, 2)
SAME(CREATE_MUTEX_INITIAL_OWNER, 1) SAME(CREATE_WAITABLE_TIMER_MANUAL_RESET, 1)
SAME(SYNCHRONIZATION_BARRIER_FLAGS_SPIN_ONLY, 1) SAME(SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY, 2)
SAME(SYNCHRONIZATION_BARRIER_FLAGS_NO_DELETE, 4) SAME(MAXIMUM_PROCESSORS, 64)

/* fileapi.h, winbase.h, winioctl.h */
SIZE(BY_HANDLE_FILE_INFORMATION, 52) AT(BY_HANDLE_FILE_INFORMATION, ftLastWriteTime, 20)
AT(BY_HANDLE_FILE_INFORMATION, dwVolumeSerialNumber, 28)
AT(BY_HANDLE_FILE_INFORMATION, nNumberOfLinks, 40) AT(BY_HANDLE_FILE_INFORMATION, nFileIndexLow, 48)
SIZE(FILE_SEGMENT_ELEMENT, 8) SIZE(FILE_BASIC_INFO, 40) AT(FILE_BASIC_INFO, FileAttributes, 32)
SIZE(FILE_STANDARD_INFO, 24) AT(FILE_STANDARD_INFO, NumberOfLinks, 16)
AT(FILE_STANDARD_INFO, DeletePending, 20) AT(FILE_STANDARD_INFO, Directory, 21)
SIZE(FILE_NAME_INFO, 8) AT(FILE_NAME_INFO, FileName, 4) SIZE(FILE_RENAME_INFO, 24)
AT(FILE_RENAME_INFO, RootDirectory, 8) AT(FILE_RENAME_INFO, FileNameLength, 16)
AT(FILE_RENAME_INFO, FileName, 20) SIZE(FILE_DISPOSITION_INFO, 1) SIZE(FILE_ALLOCATION_INFO, 8)
SIZE(FILE_END_OF_FILE_INFO, 8) SIZE(FILE_ATTRIBUTE_TAG_INFO, 8)
SIZE(FILE_ZERO_DATA_INFORMATION, 16) AT(FILE_ZERO_DATA_INFORMATION, BeyondFinalZero, 8)
SIZE(FILE_SET_SPARSE_BUFFER, 1)

/* the thread pool */
SIZE(TP_CALLBACK_ENVIRON, 72) AT(TP_CALLBACK_ENVIRON, Version, 0) AT(TP_CALLBACK_ENVIRON, Pool, 8)
AT(TP_CALLBACK_ENVIRON, CleanupGroup, 16) AT(TP_CALLBACK_ENVIRON, CleanupGroupCancelCallback, 24)
AT(TP_CALLBACK_ENVIRON, RaceDll, 32) AT(TP_CALLBACK_ENVIRON, ActivationContext, 40)
AT(TP_CALLBACK_ENVIRON, FinalizationCallback, 48) AT(TP_CALLBACK_ENVIRON, u, 56)
AT(TP_CALLBACK_ENVIRON, CallbackPriority, 60) AT(TP_CALLBACK_ENVIRON, Size, 64)
SIZE(TP_POOL_STACK_INFORMATION, 16) AT(TP_POOL_STACK_INFORMATION, StackCommit, 8)
SIZE(TP_WAIT_RESULT, 4) SIZE(TP_VERSION, 4) SIZE(TP_CALLBACK_PRIORITY, 4) SIZE(PTP_IO, 8)
SAME(TP_CALLBACK_PRIORITY_HIGH, 0) SAME(TP_CALLBACK_PRIORITY_NORMAL, 1)
SAME(TP_CALLBACK_PRIORITY_LOW, 2) SAME(TP_CALLBACK_PRIORITY_INVALID, 3)
SAME(WT_EXECUTEDEFAULT, 0) SAME(WT_EXECUTEINIOTHREAD, 1) SAME(WT_EXECUTEINWAITTHREAD, 4)
SAME(WT_EXECUTEONLYONCE, 8) SAME(WT_EXECUTELONGFUNCTION, 0x10) SAME(WT_EXECUTEINTIMERTHREAD, 0x20)
SAME(WT_EXECUTEINPERSISTENTTHREAD, 0x80) SAME(WT_TRANSFER_IMPERSONATION, 0x100)

SAME(_RTL_RUN_ONCE_DEF, 1)

/* winternl.h */
SIZE(UNICODE_STRING, 16) AT(UNICODE_STRING, MaximumLength, 2) AT(UNICODE_STRING, Buffer, 8)
SIZE(STRING, 16) AT(STRING, Buffer, 8) SIZE(ANSI_STRING, 16) SIZE(OEM_STRING, 16)
SIZE(PCANSI_STRING, 8) SIZE(PCOEM_STRING, 8) SIZE(PCSZ, 8)
SIZE(OBJECT_ATTRIBUTES, 48) AT(OBJECT_ATTRIBUTES, RootDirectory, 8)
AT(OBJECT_ATTRIBUTES, ObjectName, 16) AT(OBJECT_ATTRIBUTES, Attributes, 24)
AT(OBJECT_ATTRIBUTES, SecurityDescriptor, 32) AT(OBJECT_ATTRIBUTES, SecurityQualityOfService, 40)
SIZE(IO_STATUS_BLOCK, 16) AT(IO_STATUS_BLOCK, Status, 0) AT(IO_STATUS_BLOCK, Information, 8)
SAME(FILE_SUPERSEDE, 0) SAME(FILE_OPEN, 1) SAME(FILE_CREATE, 2) SAME(FILE_OPEN_IF, 3)
SAME(FILE_OVERWRITE, 4) SAME(FILE_OVERWRITE_IF, 5) SAME(FILE_OPENED, 1) SAME(FILE_CREATED, 2)
SAME(FILE_OVERWRITTEN, 3) SAME(FILE_DIRECTORY_FILE, 1) SAME(FILE_WRITE_THROUGH, 2)
SAME(FILE_NO_INTERMEDIATE_BUFFERING, 8) SAME(FILE_SYNCHRONOUS_IO_ALERT, 0x10)
SAME(FILE_SYNCHRONOUS_IO_NONALERT, 0x20) SAME(FILE_NON_DIRECTORY_FILE, 0x40)
SAME(FILE_DELETE_ON_CLOSE, 0x1000) SAME(FILE_OPEN_BY_FILE_ID, 0x2000)
SAME(FILE_OPEN_FOR_BACKUP_INTENT, 0x4000) SAME(FILE_OPEN_REPARSE_POINT, 0x200000)
/* winnt.h, sysinfoapi.h, fileapi.h */
SIZE(SECURITY_DESCRIPTOR, 40) AT(SECURITY_DESCRIPTOR, Control, 2) AT(SECURITY_DESCRIPTOR, Owner, 8)
AT(SECURITY_DESCRIPTOR, Dacl, 32) SIZE(ACL, 8) AT(ACL, AclSize, 2) AT(ACL, AceCount, 4)
SAME(SECURITY_DESCRIPTOR_REVISION, 1) SAME(ACL_REVISION, 2) SAME(SE_DACL_PRESENT, 4)
SIZE(MEMORYSTATUSEX, 64) AT(MEMORYSTATUSEX, dwMemoryLoad, 4) AT(MEMORYSTATUSEX, ullTotalPhys, 8)
AT(MEMORYSTATUSEX, ullAvailVirtual, 48) SIZE(CREATEFILE2_EXTENDED_PARAMETERS, 32)
AT(CREATEFILE2_EXTENDED_PARAMETERS, dwFileFlags, 8)
AT(CREATEFILE2_EXTENDED_PARAMETERS, hTemplateFile, 24) SAME(SEM_FAILCRITICALERRORS, 1)
SAME(SEM_NOOPENFILEERRORBOX, 0x8000) SAME(PROCESS_QUERY_LIMITED_INFORMATION, 0x1000)
SAME(ERROR_UNKNOWN_REVISION, 1305)
/* in no SDK header; MinGW has some of them */
SIZE(FILE_BASIC_INFORMATION, 40) AT(FILE_BASIC_INFORMATION, FileAttributes, 32)
SIZE(FILE_STANDARD_INFORMATION, 24) AT(FILE_STANDARD_INFORMATION, DeletePending, 20)
SIZE(FILE_PIPE_LOCAL_INFORMATION, 40) AT(FILE_PIPE_LOCAL_INFORMATION, NamedPipeEnd, 36)
SIZE(FILE_MODE_INFORMATION, 4) SIZE(FILE_ACCESS_INFORMATION, 4) SIZE(FILE_NAME_INFORMATION, 8)
SIZE(FILE_RENAME_INFORMATION, 24) AT(FILE_RENAME_INFORMATION, FileName, 20)
SAME(FileBasicInformation, 4) SAME(FileStandardInformation, 5) SAME(FileAccessInformation, 8)
SAME(FileNameInformation, 9) SAME(FileRenameInformation, 10) SAME(FileDispositionInformation, 13)
SAME(FilePositionInformation, 14) SAME(FileModeInformation, 16) SAME(FileEndOfFileInformation, 20)
SAME(FilePipeInformation, 23) SAME(FilePipeLocalInformation, 24)
#ifndef __MINGW32__ /* iocp_nt.h: in no SDK header */
/* ntdef.h, which MinGW does not let into one file with winternl.h */
SIZE(LOGICAL, 4) UNSIGNED(LOGICAL, 4) SIZE(EVENT_TYPE, 4) SIZE(TIMER_TYPE, 4) SIZE(WAIT_TYPE, 4)
SAME(NotificationEvent, 0) SAME(SynchronizationEvent, 1) SAME(NotificationTimer, 0)
SAME(SynchronizationTimer, 1) SAME(WaitAll, 0) SAME(WaitAny, 1)
SIZE(PTP_IO_CALLBACK, 8) SIZE(PPS_APC_ROUTINE, 8) SIZE(PTIMER_APC_ROUTINE, 8)
SIZE(FILE_PIPE_PEEK_BUFFER, 20) AT(FILE_PIPE_PEEK_BUFFER, Data, 16)
SIZE(FILE_PIPE_WAIT_FOR_BUFFER, 16) AT(FILE_PIPE_WAIT_FOR_BUFFER, Name, 14)
SIZE(FILE_PIPE_INFORMATION, 8) SIZE(FILE_NETWORK_OPEN_INFORMATION, 56)
SIZE(FILE_POSITION_INFORMATION, 8) SIZE(FILE_END_OF_FILE_INFORMATION, 8)
SIZE(FILE_DISPOSITION_INFORMATION, 1) SIZE(FILE_ALLOCATION_INFORMATION, 8)
SIZE(FILE_IO_COMPLETION_INFORMATION, 32) AT(FILE_IO_COMPLETION_INFORMATION, CompletionValue, 8)
AT(FILE_IO_COMPLETION_INFORMATION, IoStatusBlock, 16)
SIZE(IO_COMPLETION_BASIC_INFORMATION, 4) SIZE(FILE_COMPLETION_INFORMATION, 16)
SIZE(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION, 4) SAME(FileCompletionInformation, 30)
SAME(FileIoCompletionNotificationInformation, 41)
SIZE(MEMORY_RESERVE_TYPE, 4) SAME(MemoryReserveUserApc, 0) SAME(MemoryReserveIoCompletion, 1)
/* iocp.h: what a program compiled today relies on in a later library */
SIZE(struct iocp_port_state, 64) AT(struct iocp_port_state, packets, 32)
AT(struct iocp_port_state, engine, 48)
#endif

/* Winsock */
SIZE(struct sockaddr, 16) AT(struct sockaddr, sa_family, 0) AT(struct sockaddr, sa_data, 2)
UNSIGNED(ADDRESS_FAMILY, 2) SIZE(SOCKADDR, 16)
SIZE(struct sockaddr_in, 16) AT(struct sockaddr_in, sin_family, 0)
AT(struct sockaddr_in, sin_port, 2) AT(struct sockaddr_in, sin_addr, 4)
AT(struct sockaddr_in, sin_zero, 8) SIZE(SOCKADDR_IN, 16)
SIZE(struct in_addr, 4) AT(struct in_addr, s_addr, 0) AT(struct in_addr, S_un.S_un_b.s_b4, 3)
AT(struct in_addr, S_un.S_un_w.s_w2, 2) AT(struct in_addr, S_un.S_addr, 0)
SIZE(struct in6_addr, 16) AT(struct in6_addr, s6_addr, 0) AT(struct in6_addr, u.Word, 0)
SIZE(struct sockaddr_in6, 28) AT(struct sockaddr_in6, sin6_port, 2)
AT(struct sockaddr_in6, sin6_flowinfo, 4) AT(struct sockaddr_in6, sin6_addr, 8)
AT(struct sockaddr_in6, sin6_scope_id, 24)
SIZE(struct sockaddr_storage, 128) AT(struct sockaddr_storage, ss_family, 0)
SIZE(SOCKET_ADDRESS, 16) SIZE(SOCKET_ADDRESS_LIST, 24) SIZE(CSADDR_INFO, 40)
SIZE(struct linger, 4) AT(struct linger, l_linger, 2)
SIZE(struct hostent, 32) AT(struct hostent, h_aliases, 8) AT(struct hostent, h_addrtype, 16)
AT(struct hostent, h_length, 18) AT(struct hostent, h_addr_list, 24)
WIDE(struct hostent, h_length, 2)
SIZE(struct servent, 32) AT(struct servent, s_proto, 16) AT(struct servent, s_port, 24)
WIDE(struct servent, s_port, 2)
SIZE(struct protoent, 24) AT(struct protoent, p_proto, 16) WIDE(struct protoent, p_proto, 2)
SIZE(ADDRINFOA, 48) AT(ADDRINFOA, ai_flags, 0) AT(ADDRINFOA, ai_family, 4)
AT(ADDRINFOA, ai_socktype, 8) AT(ADDRINFOA, ai_protocol, 12) AT(ADDRINFOA, ai_addrlen, 16)
AT(ADDRINFOA, ai_canonname, 24) AT(ADDRINFOA, ai_addr, 32) AT(ADDRINFOA, ai_next, 40)
SIZE(struct addrinfo, 48) SIZE(ADDRINFOW, 48)
SIZE(WSADATA, 408) AT(WSADATA, wHighVersion, 2) AT(WSADATA, iMaxSockets, 4)
AT(WSADATA, iMaxUdpDg, 6) AT(WSADATA, lpVendorInfo, 8) AT(WSADATA, szDescription, 16)
AT(WSADATA, szSystemStatus, 273)
SIZE(WSABUF, 16) AT(WSABUF, len, 0) AT(WSABUF, buf, 8) WIDE(WSABUF, len, 4)
SIZE(WSAMSG, 56) AT(WSAMSG, namelen, 8) AT(WSAMSG, lpBuffers, 16) AT(WSAMSG, dwBufferCount, 24)
AT(WSAMSG, Control, 32) AT(WSAMSG, dwFlags, 48)
SIZE(INTERFACE_INFO, 76) AT(INTERFACE_INFO, iiAddress, 4) AT(INTERFACE_INFO, iiBroadcastAddress, 28)
AT(INTERFACE_INFO, iiNetmask, 52) SIZE(sockaddr_gen, 24) SIZE(struct sockaddr_in6_old, 24)
SAME(SIO_GET_INTERFACE_LIST, 0x4004747F) SAME(SIO_KEEPALIVE_VALS, 0x98000004)
SAME(SIO_UDP_CONNRESET, 0x9800000C) SAME(SIO_ADDRESS_LIST_QUERY, 0x48000016)
SAME(SIO_ROUTING_INTERFACE_QUERY, 0xC8000014) SAME(SIO_AF_UNIX_GETPEERPID, 0x58000100)
SAME(IFF_UP, 1) SAME(IFF_BROADCAST, 2) SAME(IFF_LOOPBACK, 4) SAME(IFF_POINTTOPOINT, 8)
SAME(IFF_MULTICAST, 16) AT(SOCKET_ADDRESS_LIST, Address, 8)
SIZE(struct tcp_keepalive, 12) SIZE(SOCKADDR_UN, 110) SIZE(TRANSMIT_PACKETS_ELEMENT, 24)
AT(TRANSMIT_PACKETS_ELEMENT, pBuffer, 8) AT(TRANSMIT_PACKETS_ELEMENT, hFile, 16)
SIZE(WSACMSGHDR, 16) AT(WSACMSGHDR, cmsg_level, 8) AT(WSACMSGHDR, cmsg_type, 12)
SIZE(fd_set, 520) AT(fd_set, fd_array, 8)
SIZE(WSAPOLLFD, 16) AT(WSAPOLLFD, events, 8) AT(WSAPOLLFD, revents, 10)
SIZE(WSANETWORKEVENTS, 44) AT(WSANETWORKEVENTS, iErrorCode, 4)
SIZE(FLOWSPEC, 32) SIZE(QOS, 80) SIZE(WSAPROTOCOLCHAIN, 32)
SIZE(WSAPROTOCOL_INFOA, 372) AT(WSAPROTOCOL_INFOA, ProviderId, 20)
AT(WSAPROTOCOL_INFOA, ProtocolChain, 40) AT(WSAPROTOCOL_INFOA, iAddressFamily, 76)
AT(WSAPROTOCOL_INFOA, iSocketType, 88) AT(WSAPROTOCOL_INFOA, iProtocol, 92)
AT(WSAPROTOCOL_INFOA, dwMessageSize, 108) AT(WSAPROTOCOL_INFOA, szProtocol, 116)
SIZE(WSAPROTOCOL_INFOW, 628)
SIZE(struct ip_mreq, 8) AT(struct ip_mreq, imr_interface, 4)
SIZE(struct ip_mreq_source, 12) AT(struct ip_mreq_source, imr_sourceaddr, 4)
AT(struct ip_mreq_source, imr_interface, 8)
SIZE(struct ipv6_mreq, 20) AT(struct ipv6_mreq, ipv6mr_interface, 16)
SIZE(struct group_req, 136) AT(struct group_req, gr_group, 8)
SIZE(struct group_source_req, 264) AT(struct group_source_req, gsr_source, 136)
SIZE(IN_PKTINFO, 8) AT(IN_PKTINFO, ipi_ifindex, 4)
SIZE(IN6_PKTINFO, 20) AT(IN6_PKTINFO, ipi6_ifindex, 16)
SIZE(TRANSMIT_FILE_BUFFERS, 32) AT(TRANSMIT_FILE_BUFFERS, HeadLength, 8)
AT(TRANSMIT_FILE_BUFFERS, Tail, 16) AT(TRANSMIT_FILE_BUFFERS, TailLength, 24)
SIZE(TRANSMIT_PACKETS_ELEMENT, 24) AT(TRANSMIT_PACKETS_ELEMENT, cLength, 4)
AT(TRANSMIT_PACKETS_ELEMENT, nFileOffset, 8) AT(TRANSMIT_PACKETS_ELEMENT, hFile, 16)
AT(TRANSMIT_PACKETS_ELEMENT, pBuffer, 8)
SIZE(struct tcp_keepalive, 12) AT(struct tcp_keepalive, keepalivetime, 4)
/* wincrypt.h */
UNSIGNED(HCRYPTPROV, 8) SIZE(MS_DEF_PROV_A, 43) SIZE(MS_ENHANCED_PROV_A, 47)
SIZE(MS_STRONG_PROV_A, 40) SIZE(MS_ENH_RSA_AES_PROV_A, 54)
/* winsvc.h */
SIZE(SERVICES_ACTIVE_DATABASEA, 15) SIZE(SERVICE_STATUS, 28) AT(SERVICE_STATUS, dwWaitHint, 24)
SIZE(SERVICE_STATUS_PROCESS, 36) AT(SERVICE_STATUS_PROCESS, dwProcessId, 28)
SIZE(SERVICE_TABLE_ENTRYA, 16) AT(SERVICE_TABLE_ENTRYA, lpServiceProc, 8)
SIZE(SERVICE_TABLE_ENTRYW, 16) SIZE(SERVICE_DESCRIPTIONA, 8)
SIZE(SC_ACTION, 8) AT(SC_ACTION, Delay, 4)
SIZE(SERVICE_FAILURE_ACTIONSA, 40) AT(SERVICE_FAILURE_ACTIONSA, lpsaActions, 32)
SIZE(SERVICE_FAILURE_ACTIONSW, 40) SIZE(SERVICE_DELAYED_AUTO_START_INFO, 4)
/* iphlpapi.h */
SIZE(IP_ADDRESS_STRING, 16) SIZE(IP_MASK_STRING, 16) SIZE(IP_ADDR_STRING, 48)
AT(IP_ADDR_STRING, IpAddress, 8) AT(IP_ADDR_STRING, IpMask, 24) AT(IP_ADDR_STRING, Context, 40)
SIZE(IP_ADAPTER_INFO, 704) AT(IP_ADAPTER_INFO, ComboIndex, 8) AT(IP_ADAPTER_INFO, AdapterName, 12)
AT(IP_ADAPTER_INFO, Description, 272) AT(IP_ADAPTER_INFO, AddressLength, 404)
AT(IP_ADAPTER_INFO, Address, 408) AT(IP_ADAPTER_INFO, Index, 416) AT(IP_ADAPTER_INFO, Type, 420)
AT(IP_ADAPTER_INFO, DhcpEnabled, 424) AT(IP_ADAPTER_INFO, CurrentIpAddress, 432)
AT(IP_ADAPTER_INFO, IpAddressList, 440) AT(IP_ADAPTER_INFO, GatewayList, 488)
AT(IP_ADAPTER_INFO, DhcpServer, 536) AT(IP_ADAPTER_INFO, HaveWins, 584)
AT(IP_ADAPTER_INFO, PrimaryWinsServer, 592) AT(IP_ADAPTER_INFO, SecondaryWinsServer, 640)
AT(IP_ADAPTER_INFO, LeaseObtained, 688) AT(IP_ADAPTER_INFO, LeaseExpires, 696)
SIZE(FIXED_INFO, 600) AT(FIXED_INFO, DomainName, 132) AT(FIXED_INFO, CurrentDnsServer, 264)
AT(FIXED_INFO, DnsServerList, 272) AT(FIXED_INFO, NodeType, 320) AT(FIXED_INFO, ScopeId, 324)
AT(FIXED_INFO, EnableRouting, 584) AT(FIXED_INFO, EnableProxy, 588) AT(FIXED_INFO, EnableDns, 592)
SIZE(IP_ADAPTER_UNICAST_ADDRESS_LH, 64) AT(IP_ADAPTER_UNICAST_ADDRESS_LH, Flags, 4)
AT(IP_ADAPTER_UNICAST_ADDRESS_LH, Next, 8) AT(IP_ADAPTER_UNICAST_ADDRESS_LH, Address, 16)
AT(IP_ADAPTER_UNICAST_ADDRESS_LH, PrefixOrigin, 32)
AT(IP_ADAPTER_UNICAST_ADDRESS_LH, SuffixOrigin, 36)
AT(IP_ADAPTER_UNICAST_ADDRESS_LH, DadState, 40)
AT(IP_ADAPTER_UNICAST_ADDRESS_LH, ValidLifetime, 44)
AT(IP_ADAPTER_UNICAST_ADDRESS_LH, LeaseLifetime, 52)
AT(IP_ADAPTER_UNICAST_ADDRESS_LH, OnLinkPrefixLength, 56)
SIZE(IP_ADAPTER_ANYCAST_ADDRESS_XP, 32) SIZE(IP_ADAPTER_MULTICAST_ADDRESS_XP, 32)
SIZE(IP_ADAPTER_DNS_SERVER_ADDRESS_XP, 32) SIZE(IP_ADAPTER_PREFIX_XP, 40)
AT(IP_ADAPTER_PREFIX_XP, PrefixLength, 32) SIZE(IP_ADAPTER_WINS_SERVER_ADDRESS_LH, 32)
SIZE(IP_ADAPTER_GATEWAY_ADDRESS_LH, 32) SIZE(IP_ADAPTER_DNS_SUFFIX, 520)
SIZE(IP_ADAPTER_ADDRESSES_LH, 448) AT(IP_ADAPTER_ADDRESSES_LH, IfIndex, 4)
AT(IP_ADAPTER_ADDRESSES_LH, Next, 8) AT(IP_ADAPTER_ADDRESSES_LH, AdapterName, 16)
AT(IP_ADAPTER_ADDRESSES_LH, FirstUnicastAddress, 24)
AT(IP_ADAPTER_ADDRESSES_LH, FirstDnsServerAddress, 48) AT(IP_ADAPTER_ADDRESSES_LH, DnsSuffix, 56)
AT(IP_ADAPTER_ADDRESSES_LH, Description, 64) AT(IP_ADAPTER_ADDRESSES_LH, FriendlyName, 72)
AT(IP_ADAPTER_ADDRESSES_LH, PhysicalAddress, 80)
AT(IP_ADAPTER_ADDRESSES_LH, PhysicalAddressLength, 88) AT(IP_ADAPTER_ADDRESSES_LH, Flags, 92)
AT(IP_ADAPTER_ADDRESSES_LH, Mtu, 96) AT(IP_ADAPTER_ADDRESSES_LH, IfType, 100)
AT(IP_ADAPTER_ADDRESSES_LH, OperStatus, 104) AT(IP_ADAPTER_ADDRESSES_LH, Ipv6IfIndex, 108)
AT(IP_ADAPTER_ADDRESSES_LH, ZoneIndices, 112) AT(IP_ADAPTER_ADDRESSES_LH, FirstPrefix, 176)
AT(IP_ADAPTER_ADDRESSES_LH, TransmitLinkSpeed, 184)
AT(IP_ADAPTER_ADDRESSES_LH, FirstGatewayAddress, 208) AT(IP_ADAPTER_ADDRESSES_LH, Luid, 224)
AT(IP_ADAPTER_ADDRESSES_LH, Dhcpv4Server, 232) AT(IP_ADAPTER_ADDRESSES_LH, NetworkGuid, 252)
AT(IP_ADAPTER_ADDRESSES_LH, TunnelType, 272) AT(IP_ADAPTER_ADDRESSES_LH, Dhcpv6Server, 280)
AT(IP_ADAPTER_ADDRESSES_LH, Dhcpv6ClientDuid, 296) AT(IP_ADAPTER_ADDRESSES_LH, Dhcpv6Iaid, 432)
AT(IP_ADAPTER_ADDRESSES_LH, FirstDnsSuffix, 440) SIZE(NET_LUID, 8) UNSIGNED(IF_INDEX, 4)
UNSIGNED(IFTYPE, 4) UNSIGNED(NET_IFTYPE, 2)
#ifndef __MINGW32__ /* Registered I/O: MinGW has nothing of it */
SIZE(RIO_BUF, 16) AT(RIO_BUF, BufferId, 0) AT(RIO_BUF, Offset, 8) AT(RIO_BUF, Length, 12)
SIZE(RIORESULT, 24) AT(RIORESULT, Status, 0) AT(RIORESULT, BytesTransferred, 4)
AT(RIORESULT, SocketContext, 8) AT(RIORESULT, RequestContext, 16)
SIZE(RIO_CMSG_BUFFER, 4) SAME(RIO_CMSG_BASE_SIZE, 8)
SIZE(RIO_NOTIFICATION_COMPLETION, 32) AT(RIO_NOTIFICATION_COMPLETION, Event.EventHandle, 8)
AT(RIO_NOTIFICATION_COMPLETION, Event.NotifyReset, 16)
AT(RIO_NOTIFICATION_COMPLETION, Iocp.IocpHandle, 8)
AT(RIO_NOTIFICATION_COMPLETION, Iocp.CompletionKey, 16)
AT(RIO_NOTIFICATION_COMPLETION, Iocp.Overlapped, 24)
SIZE(RIO_EXTENSION_FUNCTION_TABLE, 112) AT(RIO_EXTENSION_FUNCTION_TABLE, RIOReceive, 8)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIOReceiveEx, 16) AT(RIO_EXTENSION_FUNCTION_TABLE, RIOSend, 24)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIOSendEx, 32)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIOCloseCompletionQueue, 40)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIOCreateCompletionQueue, 48)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIOCreateRequestQueue, 56)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIODequeueCompletion, 64)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIODeregisterBuffer, 72)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIONotify, 80)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIORegisterBuffer, 88)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIOResizeCompletionQueue, 96)
AT(RIO_EXTENSION_FUNCTION_TABLE, RIOResizeRequestQueue, 104)
SAME(RIO_MSG_DONT_NOTIFY, 1) SAME(RIO_MSG_DEFER, 2) SAME(RIO_MSG_WAITALL, 4)
SAME(RIO_MSG_COMMIT_ONLY, 8) SAME(RIO_MAX_CQ_SIZE, 0x8000000) SAME(RIO_CORRUPT_CQ, 0xFFFFFFFF)
SAME(RIO_EVENT_COMPLETION, 1) SAME(RIO_IOCP_COMPLETION, 2)
SAME(SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, 0xC8000024)
#endif
SAME(WSA_FLAG_REGISTERED_IO, 0x100)
#ifdef __MINGW32__ /* struct timeval is libc's on Linux, with 64-bit members: a known departure */
SIZE(struct timeval, 8)
#else
SIZE(struct timeval, 16)
#endif

SIZE(struct members, 16) SIZE(struct members_1, 9) SIZE(struct members_2, 10)
SIZE(struct members_1_again, 9) SIZE(struct members_4, 12) SIZE(struct members_8, 16)
SIZE(GUID, 16) AT(GUID, Data4, 8) SIZE(REFGUID, 8) SIZE(IID, 16) SIZE(REFCLSID, 8)
UNSIGNED(NET_IFINDEX, 4) UNSIGNED(NET_IFTYPE, 2) UNSIGNED(NETIO_STATUS, 4)
SIZE(TIMECAPS, 8) AT(TIMECAPS, wPeriodMax, 4) SIZE(MMRESULT, 4) SIZE(FLOWSPEC, 32) SIZE(QOS, 80)
SIZE(COORD, 4) SIZE(SMALL_RECT, 8) SIZE(CHAR_INFO, 4) SIZE(CONSOLE_SCREEN_BUFFER_INFO, 22)
AT(CONSOLE_SCREEN_BUFFER_INFO, srWindow, 10) SIZE(CONSOLE_CURSOR_INFO, 8) SIZE(INPUT_RECORD, 20)
AT(INPUT_RECORD, Event, 4) SIZE(KEY_EVENT_RECORD, 16) AT(KEY_EVENT_RECORD, uChar, 10)
AT(KEY_EVENT_RECORD, dwControlKeyState, 12) SIZE(MOUSE_EVENT_RECORD, 16)
AT(MOUSE_EVENT_RECORD, dwEventFlags, 12) SIZE(WINDOW_BUFFER_SIZE_RECORD, 4)
SIZE(MENU_EVENT_RECORD, 4) SIZE(FOCUS_EVENT_RECORD, 4)
SIZE(VARIANT_BOOL, 2) SIZE(OLECHAR, 2) SIZE(BSTR, 8) SIZE(DATE, 8) SIZE(VARTYPE, 2)

/* arithmetic on words and records */
SAME(MAKEWORD(2, 1), 0x102) SAME(MAKELONG(2, 1), 0x10002) SAME(LOWORD(0x12345678), 0x5678)
SAME(HIWORD(0x12345678), 0x1234) SAME(LOBYTE(0x1234), 0x34) SAME(HIBYTE(0x1234), 0x12)
SAME(MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), 0x409) SAME(INADDR_NONE, 0xffffffff)
SAME(HRESULT_FROM_WIN32(87), 0x80070057) SAME(FIELD_OFFSET(OVERLAPPED, hEvent), 24)
SAME(ARRAYSIZE("abc"), 4) SAME(WSA_CMSG_LEN(4), 20) SAME(WSA_CMSG_SPACE(4), 24)
_Static_assert(INVALID_SOCKET == (SOCKET)~(SOCKET)0, "INVALID_SOCKET");
_Static_assert(sizeof TEXT("ab") == 3 * sizeof(TCHAR), "TEXT");

#include "layout_numbers.h"

/* clang-format on */

/* Calling shapes: an assignment that does not fit is an error (-Werror). */
typedef BOOL(WINAPI *get_packet)(HANDLE, LPDWORD, PULONG_PTR, LPOVERLAPPED *, DWORD);
typedef HANDLE(WINAPI *create_port)(HANDLE, HANDLE, ULONG_PTR, DWORD);
typedef int(WSAAPI *receive)(SOCKET, LPWSABUF, DWORD, LPDWORD, LPDWORD, LPWSAOVERLAPPED,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE);
typedef SOCKET(WSAAPI *take)(SOCKET, struct sockaddr *, int *);
const get_packet shape_get = GetQueuedCompletionStatus;
const create_port shape_create = CreateIoCompletionPort;
const receive shape_receive = WSARecv;
const take shape_accept = accept;
const LPFN_ACCEPTEX shape_accept_ex = AcceptEx;
const LPFN_GETACCEPTEXSOCKADDRS shape_sockaddrs = GetAcceptExSockaddrs;

/* A branch to a function of this attribute that the compiler cannot prove dead is an error: so
 * GUIDs are compared without running anything. Needs optimization. */
#ifndef __OPTIMIZE__
#error "compile this with -O2"
#endif
extern void differs(const char *what) __attribute__((error("a GUID or a value differs")));

static inline __attribute__((always_inline)) void guid(const char *name, GUID is, GUID should)
{
    if (is.Data1 != should.Data1 || is.Data2 != should.Data2 || is.Data3 != should.Data3)
        differs(name);
        /* one by one: a loop is not always unrolled before the compiler looks for dead branches */
#define BYTE_DIFFERS(i) (is.Data4[i] != should.Data4[i])
    if (BYTE_DIFFERS(0) || BYTE_DIFFERS(1) || BYTE_DIFFERS(2) || BYTE_DIFFERS(3) ||
        BYTE_DIFFERS(4) || BYTE_DIFFERS(5) || BYTE_DIFFERS(6) || BYTE_DIFFERS(7))
        differs(name);
}

#define BYTES_CBAC                                                                                 \
    {                                                                                              \
        0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92                                             \
    }
#define GUID_IS(name, ...) guid(#name, (GUID)name, (GUID)__VA_ARGS__)

int main(void)
{
    GUID_IS(WSAID_TRANSMITFILE, {0xb5367df0, 0xcbac, 0x11cf, BYTES_CBAC});
    GUID_IS(WSAID_ACCEPTEX, {0xb5367df1, 0xcbac, 0x11cf, BYTES_CBAC});
    GUID_IS(WSAID_GETACCEPTEXSOCKADDRS, {0xb5367df2, 0xcbac, 0x11cf, BYTES_CBAC});
    GUID_IS(WSAID_TRANSMITPACKETS,
            {0xd9689da0, 0x1f90, 0x11d3, {0x99, 0x71, 0x00, 0xc0, 0x4f, 0x68, 0xc8, 0x76}});
    GUID_IS(WSAID_CONNECTEX,
            {0x25a207b9, 0xddf3, 0x4660, {0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e}});
    GUID_IS(WSAID_DISCONNECTEX,
            {0x7fda2e11, 0x8630, 0x436f, {0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57}});
    GUID_IS(WSAID_WSARECVMSG,
            {0xf689d7c8, 0x6f1f, 0x436b, {0x8a, 0x53, 0xe5, 0x4f, 0xe3, 0x51, 0xc3, 0x22}});
    GUID_IS(WSAID_WSASENDMSG,
            {0xa441e712, 0x754f, 0x43ca, {0x84, 0xa7, 0x0d, 0xee, 0x44, 0xcf, 0x60, 0x6d}});
    GUID_IS(WSAID_WSAPOLL,
            {0x18c76f85, 0xdc66, 0x4964, {0x97, 0x2e, 0x23, 0xc2, 0x72, 0x38, 0x31, 0x2b}});
#ifndef __MINGW32__ /* Registered I/O: MinGW does not have its GUID */
    GUID_IS(WSAID_MULTIPLE_RIO,
            {0x8509e081, 0x96dd, 0x4005, {0xb1, 0x65, 0x9e, 0x2e, 0xe8, 0xc7, 0x9e, 0x3f}});
#endif
    if (IsEqualGUID(&guid_of_this_file, &guid_of_another))
        return 1;
    if ((LONG_PTR)INVALID_HANDLE_VALUE != -1 || WSA_INVALID_EVENT != NULL)
        differs("INVALID_HANDLE_VALUE");
    return 0;
}
