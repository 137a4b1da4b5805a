/* SPDX-License-Identifier: MIT
 *
 * Filling in security descriptors, as programs do for pipes that anyone may open. The structures
 * are winnt.h's; nothing reads them here (docs/deviations.md).
 */
#ifndef _APISECUREBASE_
#define _APISECUREBASE_

#include "minwinbase.h"

IOCP_BEGIN_DECLS

/* InitializeSecurityDescriptor: an empty one. FALSE: ERROR_UNKNOWN_REVISION.
 * sdk:initializesecuritydescriptor */
WINBASEAPI BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                    DWORD dwRevision);

/* SetSecurityDescriptorDacl: its list, or NULL for everybody; not copied. FALSE:
 * ERROR_UNKNOWN_REVISION: it was not initialized. sdk:setsecuritydescriptordacl */
WINBASEAPI BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                 BOOL bDaclPresent, PACL pDacl,
                                                 BOOL bDaclDefaulted);

/* IsValidSecurityDescriptor: whether it was initialized, and its list if it has one. No last error.
 * sdk:isvalidsecuritydescriptor */
WINBASEAPI BOOL WINAPI IsValidSecurityDescriptor(PSECURITY_DESCRIPTOR pSecurityDescriptor);

/* InitializeAcl: an empty list in nAclLength bytes. FALSE: ERROR_INVALID_PARAMETER (the revision,
 * or more than 65535 bytes), ERROR_INSUFFICIENT_BUFFER. sdk:initializeacl */
WINBASEAPI BOOL WINAPI InitializeAcl(PACL pAcl, DWORD nAclLength, DWORD dwAclRevision);

IOCP_END_DECLS

#endif
