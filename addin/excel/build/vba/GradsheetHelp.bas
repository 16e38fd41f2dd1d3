Option Explicit
Option Private Module

Private Const FIRST_ARGUMENT As Long = 4

' Gives Excel's Insert Function dialog what the sheet _IntelliSense_ says: a row a formula, a pair of cells an argument.
Public Sub DescribeFormulas()
    Dim table As Variant
    Dim helps() As String
    Dim count As Long
    Dim i As Long
    Dim j As Long
    Dim savedBefore As Boolean
    Dim isAddInBefore As Boolean
    Dim updatingBefore As Boolean
    savedBefore = ThisWorkbook.Saved
    table = ThisWorkbook.Worksheets("_IntelliSense_").UsedRange.Value
    updatingBefore = Application.ScreenUpdating
    ' The formulas work without the dialog's help.
    On Error Resume Next
    isAddInBefore = ThisWorkbook.IsAddin
    ' Excel takes help for no workbook that is hidden, as an add-in is: it is none for this moment.
    Application.ScreenUpdating = False
    If isAddInBefore Then ThisWorkbook.IsAddin = False
    For i = 2 To UBound(table, 1)
        count = 0
        For j = FIRST_ARGUMENT To UBound(table, 2) - 1 Step 2
            If table(i, j) = "" Then Exit For
            ReDim Preserve helps(1 To count + 1)
            count = count + 1
            helps(count) = table(i, j + 1)
        Next j
        Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & table(i, 1), Description:=table(i, 2), _
            Category:="Gradsheet", ArgumentDescriptions:=helps
    Next i
    If isAddInBefore Then ThisWorkbook.IsAddin = True
    Application.ScreenUpdating = updatingBefore
    On Error GoTo 0
    ThisWorkbook.Saved = savedBefore
End Sub
