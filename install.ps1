<#
.SYNOPSIS
Puts Gradsheet into Excel for the present user: formulas, buttons, and the workbooks of the lesson. Needs no
administrator.

.DESCRIPTION
Finds Python, makes an environment for it in the folder gradsheet of LOCALAPPDATA, installs the package there and runs
"gradsheet install excel". Run it once more to repair or renew an installation. Under Windows' own execution policy:

    powershell -ExecutionPolicy Bypass -File install.ps1

.PARAMETER Test
Runs the tests in an environment of their own and installs nothing into Excel.

.PARAMETER Uninstall
Takes everything out again. Workbooks that were changed since they were built stay.

.PARAMETER NoOpen
Does not open the first workbook afterwards.

.PARAMETER Offline
A folder of wheels to install from instead of the internet. docs/install-windows.md says how to make one.

.PARAMETER Workbooks
The folder for the workbooks; Gradsheet in Documents where none is named.
#>
[CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'Install')]
param(
    [Parameter(ParameterSetName = 'Test', Mandatory = $true)]
    [switch] $Test,

    [Parameter(ParameterSetName = 'Uninstall', Mandatory = $true)]
    [switch] $Uninstall,

    [Parameter(ParameterSetName = 'Install')]
    [switch] $NoOpen,

    [Parameter(ParameterSetName = 'Install')]
    [Parameter(ParameterSetName = 'Test')]
    [ValidateNotNullOrEmpty()]
    [string] $Offline,

    [Parameter(ParameterSetName = 'Install')]
    [ValidateNotNullOrEmpty()]
    [string] $Workbooks
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Source = $PSScriptRoot
$LocalFolder = [System.Environment]::GetFolderPath('LocalApplicationData')
$GradsheetFolder = [System.IO.Path]::Combine($LocalFolder, 'gradsheet')
$ExcelEnvironment = [System.IO.Path]::Combine($GradsheetFolder, 'venv')
$TestEnvironment = [System.IO.Path]::Combine($GradsheetFolder, 'venv-test')
$Record = [System.IO.Path]::Combine($GradsheetFolder, 'excel.json')
$Failed = 2

# The versions that are tried, the best known first.
$Versions = @('3.13', '3.12', '3.11', '3.14')
$Probe = 'import sys, sysconfig; print(*sys.version_info[:2], sysconfig.get_platform(), sys.base_prefix)'


# Says one line on standard error, as the command gradsheet does, and ends.
function Stop-WithSentence {
    param([string] $Sentence)

    [System.Console]::Error.WriteLine("install.ps1: $Sentence")
    exit $Failed
}


# Runs a program and returns what it prints, nothing where it fails. Windows PowerShell 5.1 makes an error of each line
# on standard error, which must not end the script here.
function Get-Output {
    param([string] $Program, [string[]] $Arguments)

    $ErrorActionPreference = 'SilentlyContinue'
    try {
        $printed = & $Program @Arguments 2>$null
    }
    catch {
        return $null
    }
    if ($LASTEXITCODE -ne 0) { return $null }
    return ($printed | Select-Object -Last 1)
}


# Runs a program where everybody sees what it says, and ends where it fails.
function Invoke-Program {
    param([string] $Program, [string[]] $Arguments, [string] $Otherwise)

    $ErrorActionPreference = 'Continue'
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { Stop-WithSentence $Otherwise }
}


# Excel holds the add-in and the library beside Python while it is open.
function Stop-WhileExcelIsOpen {
    if (Get-Process -Name 'EXCEL' -ErrorAction SilentlyContinue) {
        Stop-WithSentence 'Excel is open: save your work, close Excel, and run this once more.'
    }
}


# Returns what may start a Python: the launcher for each version, what is on the path, what is in the registry. Nothing
# here is read from what a program prints, for Windows PowerShell 5.1 would spoil letters that are not plain.
function Get-PythonCandidate {
    $launcher = Get-Command -Name 'py.exe' -CommandType Application -ErrorAction SilentlyContinue |
        Select-Object -First 1
    foreach ($version in $Versions) {
        if ($launcher) { New-Candidate -Program $launcher.Path -Arguments @("-$version") }
    }
    foreach ($name in @('python.exe', 'python3.exe', 'python', 'python3')) {
        Get-Command -Name $name -CommandType Application -All -ErrorAction SilentlyContinue |
            ForEach-Object { New-Candidate -Program $_.Path -Arguments @() }
    }
    foreach ($root in @('HKCU:\Software\Python\PythonCore', 'HKLM:\Software\Python\PythonCore')) {
        foreach ($version in $Versions) {
            $key = "$root\$version\InstallPath"
            if (Test-Path -LiteralPath $key) {
                $folder = (Get-Item -LiteralPath $key).GetValue('')
                if ($folder) {
                    New-Candidate -Program ([System.IO.Path]::Combine($folder, 'python.exe')) -Arguments @()
                }
            }
        }
    }
}


function New-Candidate {
    param([string] $Program, [string[]] $Arguments)

    return New-Object -TypeName PSObject -Property @{ Program = $Program; Arguments = $Arguments }
}


# Returns the first Python that does, and says why others do not where none does.
function Find-Python {
    $refused = @()
    foreach ($candidate in (Get-PythonCandidate)) {
        $said = Get-Output -Program $candidate.Program -Arguments ($candidate.Arguments + @('-I', '-c', $Probe))
        if (-not $said) { continue }
        $major, $minor, $platform, $base = $said -split ' ', 4
        $name = "$($candidate.Program) $($candidate.Arguments)".Trim()
        if (([int] $major -ne 3) -or ("3.$minor" -notin $Versions)) {
            $refused += "$name is Python $major.$minor"
        }
        elseif (($platform -like 'win*') -and ($platform -ne 'win-amd64')) {
            $refused += "$name is made for $platform, not for 64-bit Intel and AMD (win-amd64)"
        }
        elseif ($base -like '*WindowsApps*') {
            $refused += "$name is of the Microsoft Store, which hides its folders from Excel"
        }
        else {
            return $candidate
        }
    }
    $others = ''
    if ($refused) { $others = " Found, but of no use: $(($refused | Select-Object -Unique) -join '; ')." }
    Stop-WithSentence ('Python 3.11 to 3.14 is needed: get the 64-bit installer for Windows of Python 3.13 from ' +
        "python.org (no administrator is needed), run it, and run this once more.$others")
}


# Returns the environment's interpreter.
function Get-Interpreter {
    param([string] $Environment)

    foreach ($place in @('Scripts\python.exe', 'bin/python')) {
        $program = [System.IO.Path]::Combine($Environment, $place)
        if (Test-Path -LiteralPath $program -PathType Leaf) { return $program }
    }
    return $null
}


# Makes an environment, or takes the one that is there while its Python still runs, and installs the package into it.
function Install-Package {
    param([string] $Environment, [string] $Extra)

    $python = Get-Interpreter -Environment $Environment
    if (-not ($python -and (Get-Output -Program $python -Arguments @('-I', '-c', $Probe)))) {
        $found = Find-Python
        Write-Output "Making an environment with $($found.Program) in $Environment ..." | Out-Host
        $arguments = $found.Arguments + @('-I', '-m', 'venv', '--clear', $Environment)
        Invoke-Program -Program $found.Program -Arguments $arguments -Otherwise (
            "$Environment could not be made: close Excel and what runs Python from there, and try again.") | Out-Host
        $python = Get-Interpreter -Environment $Environment
    }
    Write-Output 'Installing Gradsheet and what it needs (some minutes the first time) ...' | Out-Host
    $options = @('-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location')
    $otherwise = 'the packages could not be installed: pip says why above. Without internet use -Offline WHEELHOUSE.'
    if ($Offline) {
        # Gradsheet's own wheel is in the folder too; a newer one may bear the same version.
        $wheels = Resolve-Path -LiteralPath $Offline
        $options += @('--no-index', '--find-links', [System.IO.Path]::Combine($wheels.ProviderPath, '.'))
        $renew = $options + @('--force-reinstall', '--no-deps', 'gradsheet')
        Invoke-Program -Program $python -Arguments $renew -Otherwise $otherwise | Out-Host
        $options += "gradsheet$Extra"
    }
    else {
        $options += "$Source$Extra"
    }
    $leftovers = @('build', 'gradsheet.egg-info') |
        ForEach-Object { [System.IO.Path]::Combine($Source, $_) } |
        Where-Object { -not (Test-Path -LiteralPath $_) }
    Invoke-Program -Program $python -Arguments $options -Otherwise $otherwise | Out-Host
    foreach ($leftover in $leftovers) {
        if (Test-Path -LiteralPath $leftover) { Remove-Item -LiteralPath $leftover -Recurse -Force }
    }
    return $python
}


function Install-Gradsheet {
    $python = Get-Interpreter -Environment $ExcelEnvironment
    $arguments = @('-I', '-m', 'addin.cli', 'install', 'excel')
    if ($NoOpen) { $arguments += '--no-open' }
    # A folder that ends in a backslash would make Windows PowerShell 5.1 lose the quote behind it.
    if ($Workbooks) { $arguments += @('--workbooks', [System.IO.Path]::Combine($Workbooks, '.')) }
    if ($PSCmdlet.ShouldProcess($ExcelEnvironment, 'make the environment and install Gradsheet')) {
        Stop-WhileExcelIsOpen
        $python = Install-Package -Environment $ExcelEnvironment -Extra ''
    }
    if ($PSCmdlet.ShouldProcess('Excel', 'build the add-in and the workbooks, and register them for this user')) {
        Invoke-Program -Program $python -Arguments $arguments -Otherwise (
            'Gradsheet is not in Excel yet: the line above says why.')
    }
}


function Test-Gradsheet {
    $python = Get-Interpreter -Environment $TestEnvironment
    if ($PSCmdlet.ShouldProcess($TestEnvironment, 'make an environment for the tests')) {
        $python = Install-Package -Environment $TestEnvironment -Extra '[test]'
    }
    if ($PSCmdlet.ShouldProcess($Source, 'run the tests')) {
        Push-Location -LiteralPath $Source
        try {
            Invoke-Program -Program $python -Arguments @('-m', 'pytest') -Otherwise (
                'a test fails: what it says is above.')
        }
        finally {
            Pop-Location
        }
    }
}


function Uninstall-Gradsheet {
    $python = Get-Interpreter -Environment $ExcelEnvironment
    if (-not ($python -and (Get-Output -Program $python -Arguments @('-I', '-c', $Probe)))) {
        if (Test-Path -LiteralPath $Record) {
            Stop-WithSentence ("the Python in $ExcelEnvironment does not run any more: run install.ps1 without " +
                '-Uninstall to repair it, then with it.')
        }
    }
    else {
        if ($PSCmdlet.ShouldProcess('Excel', 'take Gradsheet out, and remove the workbooks that were not changed')) {
            Stop-WhileExcelIsOpen
            Invoke-Program -Program $python -Arguments @('-I', '-m', 'addin.cli', 'uninstall', 'excel') -Otherwise (
                'Gradsheet could not be taken out: the line above says why.')
        }
    }
    if (Test-Path -LiteralPath $GradsheetFolder) {
        if ($PSCmdlet.ShouldProcess($GradsheetFolder, 'remove the folder')) {
            try {
                Remove-Item -LiteralPath $GradsheetFolder -Recurse -Force
            }
            catch {
                Stop-WithSentence "$GradsheetFolder could not be removed: close what runs Python, and try again."
            }
        }
    }
    if (-not (Test-Path -LiteralPath $GradsheetFolder)) { Write-Output 'Gradsheet is removed.' }
}


if ($Offline -and -not (Test-Path -LiteralPath $Offline -PathType Container)) {
    Stop-WithSentence "$Offline is no folder: -Offline names the folder with the wheels."
}
switch ($PSCmdlet.ParameterSetName) {
    'Test' { Test-Gradsheet }
    'Uninstall' { Uninstall-Gradsheet }
    default { Install-Gradsheet }
}
