/* SPDX-License-Identifier: MIT
 *
 * The headers by the spellings that programs use. Needs the directory include/case as well.
 */
#include <WinSock2.h>
#include <Windows.h>
#include <Ws2tcpip.h>
#include <WS2tcpip.h>
#include <MSWSock.h>
#include <Mswsock.h>
#include <Mstcpip.h>
#include <WinNT.h>
#include <WinBase.h>
#include <WinError.h>
#include <WinDef.h>
#include <Winternl.h>
#include <Ntstatus.h>
#include <Process.h>
#include <Winsock2.h>
#include <Conio.h>
#include <Wincrypt.h>
#include <WINSOCK2.H>

int main(void)
{
    return (int)WSA_IO_PENDING - ERROR_IO_PENDING;
}
