<#
.SYNOPSIS
Puts Gradsheet into Excel for the user who runs it: formulas, buttons, and the workbooks of the lesson. Needs no
administrator.

.DESCRIPTION
Finds a Python and starts addin\excel\install\bootstrap.py with it, which does the work. Run it once more to repair or
renew an installation. Under Windows' own execution policy:

    powershell -ExecutionPolicy Bypass -File install.ps1

.PARAMETER Test
Runs the tests in an environment of their own and installs nothing into Excel.

.PARAMETER Uninstall
Takes everything out again. Workbooks that were changed since they were built stay.

.PARAMETER NoOpen
Does not open the first workbook afterwards.

.PARAMETER WhatIf
Says what would happen, and changes nothing.

.PARAMETER Offline
A folder of wheels to install from instead of the internet. docs/install-windows.md says how to make one.

.PARAMETER Workbooks
The folder for the workbooks; Gradsheet in Documents where none is named.
#>
[CmdletBinding()]
param(
    [switch] $Test,
    [switch] $Uninstall,
    [switch] $NoOpen,
    [switch] $WhatIf,
    [ValidateNotNullOrEmpty()] [string] $Offline,
    [ValidateNotNullOrEmpty()] [string] $Workbooks
)

# In this mode PowerShell refuses to call .NET, so cmd writes the sentence to standard error.
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    & $env:ComSpec '/d' '/c' ('echo install.ps1: PowerShell is in Constrained Language Mode here, which stops this ' +
        'script: type the three commands instead. 1>&2')
    Write-Output 'py -3.13 -m venv "$env:LOCALAPPDATA\gradsheet\venv"'
    Write-Output '& "$env:LOCALAPPDATA\gradsheet\venv\Scripts\python" -m pip install .'
    Write-Output '& "$env:LOCALAPPDATA\gradsheet\venv\Scripts\gradsheet" install excel'
    exit 2
}

$ErrorActionPreference = 'SilentlyContinue'
$Bootstrap = [System.IO.Path]::Combine($PSScriptRoot, 'addin', 'excel', 'install', 'bootstrap.py')
$Versions = @('3.13', '3.12', '3.11', '3.14')    # the best known first

# Returns what may start a Python: what the launcher lists, what is on the path, what is in the registry.
function Get-PythonCandidate {
    foreach ($launcher in @(Get-Command -Name 'py.exe' -CommandType Application | Select-Object -First 1)) {
        # Asked for a version that is not there, python.org's install manager may install it.
        $listed = & $launcher.Path '--list' 2>$null | Out-String
        foreach ($version in $Versions) {
            if ($listed -match " -(V:)?$version\b") { @{ Program = $launcher.Path; Arguments = @("-$version") } }
        }
    }
    Get-Command -Name @('python.exe', 'python3.exe', 'python', 'python3') -CommandType Application -All |
        ForEach-Object { @{ Program = $_.Path; Arguments = @() } }
    foreach ($root in @('HKCU:\Software\Python\PythonCore', 'HKLM:\Software\Python\PythonCore')) {
        foreach ($version in $Versions) {
            $key = Get-Item -LiteralPath "$root\$version\InstallPath"
            if ($key) { @{ Program = [System.IO.Path]::Combine($key.GetValue(''), 'python.exe'); Arguments = @() } }
        }
    }
}

$options = @(foreach ($name in $PSBoundParameters.Keys) {
        $value = $PSBoundParameters[$name]
        # A folder that ends in a backslash would make Windows PowerShell 5.1 lose the quote behind it.
        if ($value -is [string]) { "-$name", "$value/." } elseif ($value) { "-$name" }
    })
$refused = @()
foreach ($candidate in @(Get-PythonCandidate)) {
    # What Windows keeps there opens the Microsoft Store or installs a Python.
    $said = 'leads to the Microsoft Store'
    $start = $candidate.Arguments + @('-I', $Bootstrap)
    if (($candidate.Arguments) -or ($candidate.Program -notlike '*\WindowsApps\*')) {
        $said = $null
        try { $said = & $candidate.Program @start '-Fit' 2>$null | Select-Object -Last 1 } catch { continue }
    }
    if ($said -eq 'fits') {
        $ErrorActionPreference = 'Continue'
        & $candidate.Program @start @options
        if ($LASTEXITCODE -ne 0) { exit 2 }
        exit 0
    }
    if ($said) { $refused += "$($candidate.Program) $($candidate.Arguments) $said" -replace '\s+', ' ' }
}
$others = if ($refused) { " Found, but of no use: $(($refused | Select-Object -Unique) -join '; ')." }
[System.Console]::Error.WriteLine('install.ps1: Python 3.11 to 3.14 is needed: get the 64-bit installer for Windows ' +
    "of Python 3.13 from python.org (no administrator is needed), run it, and run this once more.$others")
exit 2
