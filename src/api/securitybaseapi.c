/* SPDX-License-Identifier: MIT
 *
 * securitybaseapi.h: descriptors are filled in as they are asked for. No state.
 */
#include "api/last_error.h"
#include "status/codes.h"

#include <windows.h>

#include <stdbool.h>
#include <string.h>

static BOOL security__fail(DWORD error)
{
    api_set_last_error(error);
    return FALSE;
}

BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, DWORD revision)
{
    if (revision != SECURITY_DESCRIPTOR_REVISION)
        return security__fail(ERROR_UNKNOWN_REVISION);
    memset(descriptor, 0, sizeof(SECURITY_DESCRIPTOR));
    ((SECURITY_DESCRIPTOR *)descriptor)->Revision = SECURITY_DESCRIPTOR_REVISION;
    return TRUE;
}

BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor, BOOL present, PACL list,
                                      BOOL defaulted)
{
    SECURITY_DESCRIPTOR *security = descriptor;
    const WORD about_it = SE_DACL_PRESENT | SE_DACL_DEFAULTED;

    if (security->Revision != SECURITY_DESCRIPTOR_REVISION)
        return security__fail(ERROR_UNKNOWN_REVISION);
    security->Control &= (WORD)~about_it;
    if (!present)
        return TRUE;
    security->Control |= (WORD)(SE_DACL_PRESENT | (defaulted ? SE_DACL_DEFAULTED : 0));
    security->Dacl = list;
    return TRUE;
}

static bool security__is_valid_list(const ACL *list)
{
    return list->AclRevision >= MIN_ACL_REVISION && list->AclRevision <= MAX_ACL_REVISION &&
           list->AclSize >= sizeof *list;
}

BOOL WINAPI IsValidSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor)
{
    const SECURITY_DESCRIPTOR *security = descriptor;
    const WORD listed = SE_DACL_PRESENT;

    if (!security || security->Revision != SECURITY_DESCRIPTOR_REVISION)
        return FALSE;
    return !(security->Control & listed) || !security->Dacl ||
           security__is_valid_list(security->Dacl);
}

BOOL WINAPI InitializeAcl(PACL list, DWORD length, DWORD revision)
{
    if (revision < MIN_ACL_REVISION || revision > MAX_ACL_REVISION || length > MAXWORD)
        return security__fail(ERROR_INVALID_PARAMETER);
    if (length < sizeof *list)
        return security__fail(ERROR_INSUFFICIENT_BUFFER);
    *list = (ACL){.AclRevision = (BYTE)revision, .AclSize = (WORD)(length & ~3u)};
    return TRUE;
}
