Option Explicit

Private Const TITLE As String = "Gradsheet"
Private Const MACRO_BOOKS As String = "Excel workbook with macros (*.xlsm), *.xlsm"
Private Const NO_SUCH_MACRO As Long = 1004

' A workbook with buttons of its own answers for itself; the add-in answers for all others.
Public Sub GradsheetRibbonClick(control As IRibbonControl)
    If ActiveWorkbook Is Nothing Then
        GradsheetClick control.Tag
        Exit Sub
    End If
    On Error GoTo own
    Application.Run "'" & Replace(ActiveWorkbook.Name, "'", "''") & "'!GradsheetClick", control.Tag
    Exit Sub
own:
    If Err.Number <> NO_SUCH_MACRO Then
        MsgBox Err.Description, vbExclamation, TITLE
        Exit Sub
    End If
    Resume here
here:
    On Error GoTo 0
    GradsheetClick control.Tag
End Sub

Public Sub GradsheetRibbonInsert(control As IRibbonControl)
    If ActiveCell Is Nothing Then
        MsgBox "Select a cell first.", vbExclamation, TITLE
    Else
        Application.Dialogs(xlDialogFunctionWizard).Show
    End If
End Sub

' A template stays as it is: a copy of it is put where the user says, and opened.
Public Sub GradsheetRibbonOpen(control As IRibbonControl)
    Dim template As String
    Dim copy As Variant
    template = TemplateFolder() & "\" & control.Tag & ".xlsm"
    If Dir(template) = "" Then
        MsgBox template & " is not there. Run this in a command window: " & GradsheetCommand("install excel"), vbExclamation, TITLE
        Exit Sub
    End If
    copy = Application.GetSaveAsFilename("My " & control.Tag & ".xlsm", MACRO_BOOKS)
    If VarType(copy) <> vbString Then Exit Sub
    On Error GoTo failed
    If Dir(copy) <> "" Then
        If MsgBox(copy & " is there already. Replace it?", vbYesNo + vbQuestion, TITLE) <> vbYes Then Exit Sub
    End If
    FileCopy template, copy
    Workbooks.Open copy
    Exit Sub
failed:
    MsgBox copy & " cannot be made: " & Err.Description, vbExclamation, TITLE
End Sub

Private Function TemplateFolder() As String
    TemplateFolder = GetConfig("GRADSHEET_WORKBOOKS", "")
    If TemplateFolder = "" Then TemplateFolder = CreateObject("WScript.Shell").SpecialFolders("MyDocuments") & "\Gradsheet"
End Function

' Formulas typed in other workbooks lead to this add-in by its path; on another computer that path may differ.
Public Sub GradsheetRibbonRepair(control As IRibbonControl)
    Dim sources As Variant
    Dim source As Variant
    Dim repaired As Long
    If ActiveWorkbook Is Nothing Then Exit Sub
    sources = ActiveWorkbook.LinkSources(xlExcelLinks)
    On Error GoTo failed
    If IsArray(sources) Then
        For Each source In sources
            If LCase$(source) Like "*" & LCase$(ThisWorkbook.Name) And LCase$(source) <> LCase$(ThisWorkbook.FullName) Then
                ActiveWorkbook.ChangeLink source, ThisWorkbook.FullName, xlLinkTypeExcelLinks
                repaired = repaired + 1
            End If
        Next source
    End If
    MsgBox "Links repaired: " & repaired & ".", vbInformation, TITLE
    Exit Sub
failed:
    MsgBox "A link cannot be repaired: " & Err.Description, vbExclamation, TITLE
End Sub

' The doctor runs in a window of its own, because Python may be what is ill.
Public Sub GradsheetRibbonDoctor(control As IRibbonControl)
    TryPythonAgain
    If Dir(Interpreter()) = "" Then
        MsgBox Interpreter() & " is not there: run install.ps1 once more.", vbExclamation, TITLE
        Exit Sub
    End If
    Shell "cmd.exe /k """ & GradsheetCommand("doctor excel") & """", vbNormalFocus
End Sub
