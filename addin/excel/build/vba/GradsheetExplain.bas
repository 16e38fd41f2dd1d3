Option Explicit
Option Private Module

Private Const MACROS As String = "addin.excel.inside.macros"
Private Const DEEPEST As Long = 20

' What is wrong with the selected cell: its formula is evaluated once more, and so are the cells that it reads.
Public Function Explanation() As String
    Dim cell As Range
    Dim place As String
    Dim depth As Long
    Set cell = Application.ActiveCell
    If cell Is Nothing Then
        Explanation = "Select a cell first."
        Exit Function
    End If
    place = PlaceOf(cell)
    For depth = 1 To DEEPEST
        If Not IsError(cell.Value) Then
            If depth = 1 Then Explanation = LargerResult(cell)
            If Explanation = "" Then Explanation = "The selected cell shows no error."
            Exit Function
        End If
        Explanation = Typed(cell, 0)
        If Explanation = "" Then Explanation = Evaluation(cell)
        If Explanation <> "" Then
            If PlaceOf(cell) <> place Then
                Explanation = place & " reads " & PlaceOf(cell) & ", and there:" & vbLf & Explanation
            End If
            Exit Function
        End If
        Explanation = PlaceOf(cell) & " shows " & cell.Text & ", but no formula of Gradsheet's raised it: look at " & _
            "the formula " & cell.Formula & " and at the cells that it reads."
        Set cell = ErroneousSource(cell)
        If cell Is Nothing Then Exit Function
    Next depth
End Function

' What Python says about a formula as it is typed: 0 what is wrong with its arguments, 1 whether it is one call.
Private Function Typed(ByVal cell As Range, ByVal which As Long) As String
    Dim answer As Variant
    If Not cell.HasFormula Then Exit Function
    On Error Resume Next
    answer = CallPython(MACROS, "typed", Array(cell.Formula), GradsheetBook())
    Typed = answer(which)
    On Error GoTo 0
End Function

' How to show all of a result of which only a part has room; nothing where all of it is there.
Private Function LargerResult(ByVal cell As Range) As String
    Dim whole As Object
    Dim heardNow As String
    Dim all As Range
    If Typed(cell, 1) = "" Then Exit Function
    heardNow = Evaluation(cell)
    Set whole = FilledBy(cell)
    If whole.Rows.Count >= RowsGiven() And whole.Columns.Count >= ColumnsGiven() Then Exit Function
    Set all = whole.Cells(1, 1).Resize(RowsGiven(), ColumnsGiven())
    LargerResult = PlaceOf(cell) & " shows no error, but only " & whole.Rows.Count & " by " & whole.Columns.Count & _
        " of the " & RowsGiven() & " by " & ColumnsGiven() & " cells that its formula gives. To see all, select " & _
        all.Address(False, False) & ", press F2, then Ctrl+Shift+Enter."
End Function

' The cells that a cell's formula fills.
Private Function FilledBy(ByVal cell As Range) As Object
    Set FilledBy = cell
    On Error Resume Next
    If cell.HasArray Then Set FilledBy = cell.CurrentArray
    ' Office 365 alone knows spilled formulas.
    If cell.HasSpill Then Set FilledBy = cell.SpillParent.SpillingToRange
    On Error GoTo 0
End Function

' A calculation changes no formula; the workbook counts as saved afterwards if it did before. The first may find cells
' blank that are only not calculated yet, so what counts is the second.
Private Function Evaluation(ByVal cell As Range) As String
    Dim whole As Object
    Dim savedBefore As Boolean
    savedBefore = cell.Worksheet.Parent.Saved
    Set whole = FilledBy(cell)
    On Error Resume Next
    whole.Calculate
    StartListening
    whole.Calculate
    If savedBefore Then cell.Worksheet.Parent.Saved = True
    On Error GoTo 0
    Evaluation = WhatWasHeard()
End Function

Private Function ErroneousSource(ByVal cell As Range) As Range
    Dim sources As Range
    Dim source As Range
    On Error Resume Next
    Set sources = cell.DirectPrecedents
    On Error GoTo 0
    If sources Is Nothing Then Exit Function
    For Each source In sources.Cells
        If IsError(source.Value) Then
            Set ErroneousSource = source
            Exit Function
        End If
    Next source
End Function

Private Function PlaceOf(ByVal cell As Range) As String
    PlaceOf = cell.Worksheet.Name & "!" & cell.Address(False, False)
End Function
